-- The one clock of a pool: ms since the epoch by Redis.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
