# needs: packages
import jinja2

environment = jinja2.Environment(autoescape=True)
template = environment.from_string("{% for name in names %}{{ loop.index }} {{ name|upper }}{% if not loop.last %}, {% endif %}{% endfor %}")
print(template.render(names=["one", "<two>"]))
try:
    environment.from_string("{% if %}")
except jinja2.TemplateSyntaxError as error:
    print(error.lineno, error.message)
