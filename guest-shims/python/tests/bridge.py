from tollgate import bridge

try:
    bridge.call("_log", "message")
except bridge.BridgeNotServed as error:
    print(error, error.name, isinstance(error, NotImplementedError))
