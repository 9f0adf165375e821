# Both regions' names and the path between them.
domain = "example.com"
