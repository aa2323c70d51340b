# needs: packages
# exit: 2
# arguments: {path} --count many world
import click


@click.command()
@click.option("--count", default=1, help="How often.")
@click.argument("name")
def hello(count, name):
    """Greets."""


hello()
