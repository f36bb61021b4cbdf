package secrets

import "strings"

// meant returns "; did you mean X?" for the word of a vocabulary that what was written is nearest to, or "". What was
// written is not repeated: it may be a secret in the wrong place.
func meant(written string, vocabulary []string) string {
	const longest = 40
	if len(written) > longest || written == "" {
		return ""
	}
	best, least := "", 3
	for _, word := range vocabulary {
		if strings.HasPrefix(word, written+"-") {
			return "; did you mean " + word + "?"
		}
		if d := distance(written, word); d < min(least, len(word)) {
			best, least = word, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the number of octets to insert, delete or replace to make a from b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
