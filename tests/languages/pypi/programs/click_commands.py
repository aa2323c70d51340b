from importlib.metadata import version

import click
from click.testing import CliRunner


@click.group()
@click.version_option(version("click"), prog_name="tool")
def tool():
    """A tool."""


@tool.command()
@click.option("--count", default=1, show_default=True, help="How often.", type=click.IntRange(1, 3))
@click.argument("name")
def hello(count, name):
    """Greets."""
    for _ in range(count):
        click.secho(f"hello {name}", fg="green")


runner = CliRunner()
for words in (["--help"], ["hello", "--count", "2", "world"], ["hello", "--count", "9", "x"], ["--version"], ["gone"]):
    result = runner.invoke(tool, words)
    print(result.exit_code, result.output)
tool(["hello", "last"])
