"""The judge: joins the two books, scores whoever reads bounces, and holds the figures against the gates."""
