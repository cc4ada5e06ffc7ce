"""The judge: joins replies with true causes, scores classifiers, and checks the gates."""
