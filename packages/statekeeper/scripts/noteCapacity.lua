-- Notes how many workers the pool should have, and of these each host, if the process heads the pool.
-- needs: time
-- ARGV: process, the numbers as JSON
-- reply: whether they were noted (1|0)
-- bound: one
if redis.call('GET', headKey) ~= ARGV[1] then return 0 end
redis.call('SET', capacityKey, string.format('%d', readClock()) .. ' ' .. ARGV[2])
return 1
