"""The declared risk indicators: each measures one thing and knows no threshold. Pure."""

from profiles.indicators import holdings, talk, trades
from profiles.indicators.declared import DECLARED, Indicator

__all__ = ["DECLARED", "Indicator", "holdings", "talk", "trades"]
