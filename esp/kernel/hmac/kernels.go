package hmac

// kernels has, for each hash, what New chooses from on this processor: each
// good for fewer messages than the one before.
var kernels = chosen(variants)

func chosen(all [Hashes][]kernel) (some [Hashes][]kernel) {
	for h, ks := range all {
		least := maxLanes + 1
		for _, k := range ks {
			if k.usable && k.from < least {
				some[h] = append(some[h], k)
				least = k.from
			}
		}
	}
	return some
}
