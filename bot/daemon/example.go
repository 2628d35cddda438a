package daemon

import _ "embed"

//go:embed example.yaml
var exampleFile string

// Example is a configuration with every setting explained.
func Example() string { return exampleFile }
