-- Groups: how a call hands many items over. Neighbours that have their first two parts in common follow these and how many
-- they are, each with its other two parts. (pushGroups in redis-pool.ts)
-- Returns the four parts of all items, each as a list, reading from ARGV[at] to the end.
local function readGroups(at)
  local firsts, seconds, thirds, fourths = {}, {}, {}, {}
  while at < #ARGV do
    local first, second, last = ARGV[at], ARGV[at + 1], at + 1 + 2 * tonumber(ARGV[at + 2])
    for i = at + 3, last, 2 do
      local place = #thirds + 1
      firsts[place], seconds[place], thirds[place], fourths[place] = first, second, ARGV[i], ARGV[i + 1]
    end
    at = last + 2
  end
  return firsts, seconds, thirds, fourths
end
