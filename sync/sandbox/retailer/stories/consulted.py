"""Customers whose appointment lies behind: kept without a purchase, or not kept."""

from datetime import date

from sync.sandbox.retailer.names import Name
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Customer


def consulted(t: Teller) -> None:
    c = t.persona(Name("今井", "冬子", "イマイ", "フユコ"), "ginza", "G02", "line email", date(2020, 2, 29))
    t.agrees(c)
    for days in (320, 170, 70):
        t.buys(c, days)
    t.met(c, 2, "冬のコートのご相談", "done")
    t.note(c, 2, "styling", "コートを二着お試し。丈で迷われ、ご家族と相談してからとのこと。")
    t.listed(
        "consulted", c, "おととい、コートのご相談。お買い上げはまだ", "Consulted on a coat two days ago, has not bought"
    )

    def also(customer: Customer, number: int) -> None:
        for days in (250, 60):
            t.buys(customer, days)
        t.met(customer, 1 + number, "通勤服のご相談", ("done", "arrived")[number - 1])

    t.more("consulted", 2, also)


def no_show(t: Teller) -> None:
    c = t.persona(Name("久保", "玲子", "クボ", "レイコ"), "ginza", "G03", "line sms", date(2021, 9, 25))
    t.agrees(c)
    for days in (290, 150, 65):
        t.buys(c, days)
    t.met(c, 2, "お直しのご相談", "no_show")
    t.listed(
        "no_show",
        c,
        "おとといのご予約にお見えにならなかった。そのことにはふれない",
        "Did not come to her appointment two days ago: nobody speaks of it",
    )
