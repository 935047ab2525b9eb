"""Workers killed while they send: no message is lost, doubled, or sent to somebody who had opted out.

    make chaos-delivery MESSAGES=10000 KILLS=500        # --database postgresql for a real PostgreSQL

`run.one_run` is the whole of it: `world` makes a retailer, `providers` is a process with the stand-ins of LINE, Twilio and
a mail server in which much goes wrong, `sender` a process that runs the product's worker, `judge` compares what we think
became of each message with the stand-ins' own logs.
"""
