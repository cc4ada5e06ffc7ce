"""The judge: joins what was heard with what was true, scores classifiers, and checks the gates."""
