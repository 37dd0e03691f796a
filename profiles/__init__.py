"""The client as a whole: tags, life events, risk alerts, the trend of the mood, and who may see what of it."""
