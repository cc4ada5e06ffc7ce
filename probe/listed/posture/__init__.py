"""How a sender looks in the DNS: names of its addresses, SPF, DKIM, DMARC, MTA-STS, TLS-RPT, DANE."""
