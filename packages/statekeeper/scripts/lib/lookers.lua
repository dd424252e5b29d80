-- Bridges that look at the pool: each is called once, when a member becomes idle, and looks again then.
local function callLookers(except)
  for _, process in ipairs(redis.call('SMEMBERS', lookersKey)) do
    if process ~= except then
      redis.call('SREM', lookersKey, process)
      send(process, 'look')
    end
  end
end

-- How much a volunteer asked for before it asks again, by its entry: what it asked for ahead of need is less than what it needs now.
local function wantedBefore(former, reach)
  local want, formerReach = string.match(former or '', '^%d+ (%d+) %d+ (%S+)')
  if not want or formerReach == 'ahead' and reach ~= 'ahead' then return 0 end
  return tonumber(want)
end
