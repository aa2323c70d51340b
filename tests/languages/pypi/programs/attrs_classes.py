import attr
import attrs


@attrs.define(order=True)
class Point:
    x: int = attrs.field(validator=attrs.validators.instance_of(int))
    y: int = 0


@attrs.frozen
class Named:
    name: str
    tags: tuple = attrs.field(factory=tuple, converter=tuple, repr=False)


print(Point(1, 2), Point(1) < Point(2), attrs.asdict(Point(3)), attr.evolve(Point(1), y=5))
for attempt in (lambda: Point("a"), lambda: setattr(Named("n"), "name", "m"), lambda: Point()):
    try:
        attempt()
    except Exception as error:
        print(type(error).__name__, error.args[:1])
print({Named("a", ["t"]): 1}, [field.name for field in attrs.fields(Named)], Named.__slots__)
