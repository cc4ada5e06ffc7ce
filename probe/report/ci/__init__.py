"""Reports for CI systems: JUnit XML, Markdown, annotations, code quality."""
