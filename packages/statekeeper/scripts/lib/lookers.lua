-- Bridges that look at the pool: each is called once, when a member becomes idle, and looks again then.
local function callLookers(except)
  for _, process in ipairs(redis.call('SMEMBERS', lookersKey)) do
    if process ~= except then
      redis.call('SREM', lookersKey, process)
      send(process, 'look')
    end
  end
end
