import yaml

value = {"b": [1, 2.5, None, "ü", True], "a": {"c": "multi\nline", "d": "2026-01-02"}, "e": [[], {}]}
text = yaml.safe_dump(value, allow_unicode=True)
print(text, yaml.safe_load(text) == value)
print(list(yaml.safe_load_all("--- 1\n--- !!set {x}\n--- [0]\n")))
print(yaml.safe_load("base: &base {x: 1}\nother:\n  <<: *base\n  y: 2\n"))
for text in ("a: [1", "a: !!python/object:os.system 1", "\tx: 1"):
    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        print(type(error).__name__, error.problem)
