-- Counts messages and records that a process could not read.
-- needs: counters
-- ARGV: how many
-- reply: nothing
-- bound: one
count('unreadable', tonumber(ARGV[1]))
storeCounters()
