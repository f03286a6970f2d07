import Command

await Screenpop.start()
