# needs: packages
# arguments: {path} --count 2 world
import click


@click.command()
@click.option("--count", default=1, help="How often.")
@click.argument("name")
def hello(count, name):
    """Greets."""
    for _ in range(count):
        click.echo(f"hello {name}")


hello()
