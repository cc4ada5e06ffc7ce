"""The sender: schedule, routes, queues, transactions, retries."""
