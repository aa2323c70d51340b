import certifi
from importlib import resources

text = certifi.contents()
print(text.count("BEGIN CERTIFICATE") > 100, certifi.__version__)
print(resources.files("certifi").joinpath("cacert.pem").read_bytes() == text.encode())
