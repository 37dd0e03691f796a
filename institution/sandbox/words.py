"""Dates and states as a clerk writes them."""

from __future__ import annotations

from datetime import date, datetime

from institution import calendar
from institution.models import OrderStatus
from institution.sandbox.book import Booked, Funds, arrival, confirm_day

WEEKDAYS = "一二三四五六日"
PLAN_STATUS = {"running": "进行中", "paused": "已暂停", "stopped": "已终止"}


def day_words(day: date) -> str:
    """11月24日(周二)"""
    return f"{day.month}月{day.day}日(周{WEEKDAYS[day.weekday()]})"


def moment_words(at: datetime) -> str:
    """11月24日(周二)15:00"""
    here = calendar.local(at)
    return f"{day_words(here.date())}{here:%H:%M}"


def plan_day_words(frequency: str, day: int) -> str:
    if frequency == "每日":
        return "每个交易日"
    return f"每月{day}日" if frequency == "每月" else f"{frequency}{WEEKDAYS[day - 1]}"


def order_words(order: Booked, status: OrderStatus, funds: Funds) -> str:
    """What the client should know of an order's state."""
    if status == "placed":
        return f"已受理,{moment_words(calendar.cut_off(order.t_day))}前可以撤单"
    if status == "dealing":
        return f"确认中,预计{day_words(confirm_day(order, funds))}确认"
    if status == "held":
        human = "并由人工与您电话确认" if order.hold and order.hold.needs_human else ""
        return f"大额赎回暂缓处理,待您再次确认{human}"
    if status == "confirmed":
        due = arrival(order, funds)
        return f"已确认,资金预计{moment_words(due)}前到账" if due else "已确认份额"
    return "已到账" if status == "arrived" else "已撤单"
