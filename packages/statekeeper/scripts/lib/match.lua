-- Matching: gives queued requests to volunteers, best first, until either runs out or `limit` is met. It runs inside every
-- script that may leave a request and a volunteer unmatched. A volunteer is noted as
-- `turn want epoch reach score recent skips…`; reach is `roots`, or what a bridge carries (see lib/draw.lua); recent is the function that
-- it evaluated last, or `-`.
local function standDown(worker)
  redis.call('HDEL', volunteersKey, worker)
end

-- As volunteer-order.ts has it: bridges after all workers, and last those that carry `ahead`; then by what the pool prefers, and where that
-- makes no difference who has been idle longest.
local rankOf = { roots = 0, next = 1, last = 1, ahead = 2 }
local function orderVolunteers(found, name)
  local preferences = {}
  for preference in string.gmatch(redis.call('GET', preferencesKey) or 'score recent idle', '%S+') do
    if preference == 'idle' then break end
    preferences[#preferences + 1] = preference
  end
  table.sort(found, function(one, other)
    if rankOf[one.reach] ~= rankOf[other.reach] then return rankOf[one.reach] < rankOf[other.reach] end
    for _, preference in ipairs(preferences) do
      if preference == 'score' and one.score ~= other.score then return one.score > other.score end
      if preference == 'recent' and (one.recent == name) ~= (other.recent == name) then return one.recent == name end
    end
    return one.turn < other.turn
  end)
end

-- At most so many volunteers, best first; `name` is the function of the first request, if that is known.
local function someVolunteers(most, name)
  local found = {}
  local pairs = redis.call('HRANDFIELD', volunteersKey, most, 'WITHVALUES')
  for i = 1, #pairs, 2 do
    local turn, want, epoch, reach, score, recent, skips =
      string.match(pairs[i + 1], '^(%d+) (%d+) (%d+) (%S+) ([%d.e+-]+) (%S+) (.*)$')
    if rankOf[reach] and tonumber(score) then
      found[#found + 1] = {
        worker = pairs[i], turn = tonumber(turn), want = tonumber(want), epoch = epoch, reach = reach, score = tonumber(score),
        recent = recent, skips = skips,
      }
    else
      -- its worker claims again within seconds
      standDown(pairs[i])
      count('unreadable', 1)
    end
  end
  if #found > 1 then orderVolunteers(found, name) end
  return found
end

-- What is known to find nothing, so that others need not look where one has looked: the kinds of those who pass requests over; those
-- that take whatever they meet, and with them all others.
local dryKinds, isDryForAll = {}, false

-- Returns how many requests the volunteer got, -1 when it was sent away to read the function table first.
local function serveVolunteer(volunteer, epoch, limit, sample, first)
  local worker = volunteer.worker
  if volunteer.epoch ~= epoch then
    standDown(worker)
    send(worker, 'functions')
    return -1
  end
  local drawing = newDrawing(worker, math.min(volunteer.want, limit), math.huge, volunteer.reach, volunteer.skips)
  local kind = drawing.kind
  local isDry = isDryForAll or (kind and dryKinds[kind])
  draw(drawing, isDry and 0 or sample, first)
  if #drawing.claims == 0 then
    if kind and not drawing.isCutShort then dryKinds[kind] = true end
    if not kind and not drawing.isCutShort then isDryForAll = true end
    return 0
  end
  standDown(worker)
  count('moved', #drawing.claims)
  local at = string.format('%d', readClock())
  for i, id in ipairs(drawing.claims) do send(worker, 'run ' .. id .. ' ' .. at .. ' ' .. drawing.texts[i]) end
  return #drawing.claims
end

-- Returns how many requests the volunteers got, and whether any of them is gone.
local function serveRound(volunteers, limit, sample, first)
  local epoch, moved, isChanged = redis.call('GET', epochKey) or '0', 0, false
  for _, volunteer in ipairs(volunteers) do
    local got = serveVolunteer(volunteer, epoch, limit - moved, sample, first)
    if got ~= 0 then isChanged = true end
    moved = moved + math.max(0, got)
    if moved >= limit then break end
  end
  return moved, isChanged
end

-- More of them in a round while those that were looked at pass over what there is.
local volunteersAsked = { 16, 64, 256 }

-- `sample`: how many members are asked for a long own queue; `first`: whose is filled, and `name`: the function of the first request,
-- if that is known.
local function match(limit, sample, first, name)
  local moved, asked, rounds = 0, 1, 64
  while moved < limit and rounds > 0 and volunteersAsked[asked] do
    rounds = rounds - 1
    local most = volunteersAsked[asked]
    local volunteers = someVolunteers(most, name)
    if #volunteers == 0 then break end
    local got, isChanged = serveRound(volunteers, limit - moved, sample, first)
    moved = moved + got
    -- fewer than asked for were all there are, and each has been served or has found nothing
    if #volunteers < most or isDryForAll then break end
    asked = isChanged and 1 or asked + 1
  end
  return moved
end
