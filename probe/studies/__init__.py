"""Many runs: evaluations, sweeps, sensitivity, fits, suppression policies."""
