-- The sandbox's own records. KEYS payment; ARGV step, amount. A repeat gets the state that the
-- first call made.
local state = redis.call('HGET', KEYS[1], 'state')
local moves = {authorize = {none = 'authorized'}, capture = {authorized = 'captured'}, void = {none = 'voided', authorized = 'voided'}}
local to = moves[ARGV[1]][state or 'none']
if not to then return state or 'none' end
redis.call('HSET', KEYS[1], 'state', to)
if ARGV[1] == 'authorize' then redis.call('HSET', KEYS[1], 'amount', ARGV[2]) end
return to
