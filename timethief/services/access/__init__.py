"""Who may come in: log-in, accounts, invitations, tokens."""
