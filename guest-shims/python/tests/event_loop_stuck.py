# exit: 1
# Where nothing can ever happen again, the loop says so instead of waiting for it.
import asyncio


async def main():
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
