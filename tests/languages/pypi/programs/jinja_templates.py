import jinja2

environment = jinja2.Environment(loader=jinja2.PackageLoader("jinja_app"), autoescape=True)
print(environment.get_template("page.html").render(title="<one>", names=["a", "b"]))
print(environment.list_templates())
text = "{% macro m(x) %}[{{ x }}]{% endmacro %}{% for n in names %}{{ loop.index }}{{ m(n|upper) }}{% endfor %}"
print(environment.from_string(text).render(names=["one", "<two>"]))
for name in ("gone.html", "../secret.html"):
    try:
        environment.get_template(name)
    except jinja2.TemplateNotFound as error:
        print("not found", error)
try:
    environment.from_string("line\n{% if %}")
except jinja2.TemplateSyntaxError as error:
    print(error.lineno, error.message)
