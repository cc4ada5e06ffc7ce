"""Where mail to seed mailboxes lands: inbox, junk, another folder or nowhere, how sure that is, and when it falls."""
