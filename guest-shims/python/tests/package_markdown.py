# needs: packages
from markdown_it import MarkdownIt

print(MarkdownIt("commonmark").enable("table").render("# Title\n\n*a* `b` <https://example.org>\n\n|x|y|\n|-|-|\n|1|2|\n"))
