"""Another channel, or a third party: REST by signed calls, webhooks from a durable outbox (docs/open-api.md)."""
