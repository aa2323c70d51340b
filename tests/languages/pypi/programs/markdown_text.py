from markdown_it import MarkdownIt

text = """# Title

*a* **b** `c` <https://example.org> [link](/x "t") ![i](y)

1. one
   - two

> quote &amp; <b>html</b>

| x | y |
|---|--:|
| 1 | 2 |

```python
print("<>")
```
"""
print(MarkdownIt("commonmark").enable("table").render(text))
print([token.type for token in MarkdownIt().parse("a\n\n- b")])
