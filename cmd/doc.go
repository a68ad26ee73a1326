// Package cmd holds the programs and the tests that see more than one half:
// who may import whom, and node and cloud together.
package cmd
