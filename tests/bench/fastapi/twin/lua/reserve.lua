-- KEYS reservation, due, journal, then stock and product of each line; ARGV order, hold in ms,
-- lines as JSON, quantities.
-- Tests everything first and writes last; a repeat gets the first answer.
local lines = (#KEYS - 3) / 2
local function documents(outcome)
  local answer = {outcome}
  for at = 1, lines do answer[at + 1] = redis.call('GET', KEYS[3 + 2 * at]) end
  return answer
end
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'held' or state == 'confirmed' then return documents('held') end
if state then return {'closed'} end
for at = 1, lines do
  local stock = redis.call('HMGET', KEYS[2 + 2 * at], 'on_hand', 'reserved')
  if not stock[1] then return {'unknown'} end
  if stock[1] - stock[2] < tonumber(ARGV[3 + at]) then return {'short'} end
end
local time = redis.call('TIME')
local deadline = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
for at = 1, lines do redis.call('HINCRBY', KEYS[2 + 2 * at], 'reserved', ARGV[3 + at]) end
redis.call('HSET', KEYS[1], 'state', 'held', 'lines', ARGV[3], 'deadline', deadline)
redis.call('ZADD', KEYS[2], deadline, ARGV[1])
redis.call('XADD', KEYS[3], '*', 'held', ARGV[1], 'lines', ARGV[3])
return documents('held')
