"""Real tablets, servers and a real PostgreSQL, killed at random and healed: nothing is lost, doubled, stuck or different.

    make chaos-processes KILLS=200          # one run; its figures are added to build/chaos/processes.json

`run.one_run` is the whole of it: `world` makes a retailer, `conductor` starts the processes and kills them, `checks` looks
at what is left. Tablets are `tablet` (a real `sync.client.Client` that works at a set pace), servers and the worker the
command line's own, `office` a process that writes as the retailer's other systems do.
"""
