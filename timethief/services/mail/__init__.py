"""How mail is written and handed over: letters, the conversation with the mail server, and the queue's emptying."""
