# needs: packages
import yaml

text = yaml.safe_dump({"b": [1, 2.5, None, "ü"], "a": {"c": "multi\nline"}}, allow_unicode=True)
print(text, yaml.safe_load(text), yaml.__with_libyaml__)
try:
    yaml.safe_load("a: [1")
except yaml.YAMLError as error:
    print(type(error).__name__, error.problem)
