import asyncio
import time


async def wait(name, seconds):
    await asyncio.sleep(seconds)
    print(name)
    return name


async def main():
    start = time.monotonic()
    print(await asyncio.gather(wait("second", 0.04), wait("first", 0.02)))
    print(time.monotonic() - start < 5)
    queue = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        group.create_task(queue.put(1))
        print(await group.create_task(queue.get()))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except TimeoutError:
        print("timed out")
    print(await asyncio.to_thread(lambda: "at once"))


asyncio.run(main())
