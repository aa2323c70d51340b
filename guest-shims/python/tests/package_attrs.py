# needs: packages
import attr
import attrs


@attrs.define(order=True)
class Point:
    x: int = attrs.field(validator=attrs.validators.instance_of(int))
    y: int = 0


print(Point(1, 2), Point(1) < Point(2), attrs.asdict(Point(3)), attr.evolve(Point(1), y=5))
try:
    Point("a")
except TypeError as error:
    print(error.args[0])
