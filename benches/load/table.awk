# The table of scripts/bench, from lines of: round, server (a or b), requests a second, p50, p99 in ms, failed, processor time a
# request in us.
#
# The last line has the median of every column, the ratios' too: A and B of one round ran side by side, so that a noisy
# moment spoils the ratio of one round and not the result.

{
  if ($1 > rounds) rounds = $1
  seen[$2] = 1
  rate[$2, $1] = $3; p50[$2, $1] = $4; p99[$2, $1] = $5; failed[$2, $1] = $6; cpu[$2, $1] = $7
}

END {
  both = seen["a"] && seen["b"]
  if (seen["a"]) head = head columns("A")
  if (seen["b"]) head = head columns("B")
  if (both) head = head "       B/A   p99 B/A   CPU B/A"
  print "round " head
  median_of(rate); median_of(p50); median_of(p99); median_of(failed); median_of(cpu)
  if (both) {
    for (round = 1; round <= rounds; round++) {
      ratios["rate", round] = rate["b", round] / rate["a", round]
      ratios["p99", round] = p99["b", round] / p99["a", round]
      ratios["cpu", round] = cpu["b", round] / cpu["a", round]
    }
    median_of(ratios)
  }
  for (round = 1; round <= rounds; round++) print row(round, round)
  print row("median", "median")
}

function columns(server) {
  return sprintf("  %10s  p50 ms  p99 ms  failed  CPU us", server " calls/s")
}

function row(name, key,    line) {
  line = sprintf("%-6s", name)
  if (seen["a"]) line = line cells("a", key)
  if (seen["b"]) line = line cells("b", key)
  if (!both) return line
  return line sprintf("  %8.2f  %8.2f  %8.2f", ratios["rate", key], ratios["p99", key], ratios["cpu", key])
}

function cells(server, key) {
  return sprintf("  %10d  %6.2f  %6.2f  %6d  %6.1f", rate[server, key], p50[server, key], p99[server, key], failed[server, key], cpu[server, key])
}

# Adds [name, "median"] to an array of [name, round]. Rounds are few: an insertion sort does.
function median_of(values,    name, names, key, parts, sorted, n, i, j) {
  for (key in values) { split(key, parts, SUBSEP); names[parts[1]] = 1 }
  for (name in names) {
    n = 0
    for (i = 1; i <= rounds; i++) {
      for (j = n++; j > 0 && sorted[j] > values[name, i]; j--) sorted[j + 1] = sorted[j]
      sorted[j + 1] = values[name, i]
    }
    values[name, "median"] = n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
  }
}
