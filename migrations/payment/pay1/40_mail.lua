-- The outbox: emails to request from the Verification Service, which recognizes repeats by name.
-- The call that moves an order or refund adds its email here.

-- ARGV: the most emails to claim, lease in ms. Leases due emails to the caller: name, tries before,
-- and their order or refund.
local function claim_mail(_, args)
    local now, lease, answer = now_ms(), tonumber(args[2]), {}
    for _, name in ipairs(due(MAIL, now, lease + 4 * LONGEST, args[1])) do
        local id, n = string.match(name, '^([^/]+)/refunded/(.+)$')
        id = id or string.match(name, '^([^/]+)/')
        redis.call('ZADD', MAIL, text(now + lease), name)
        local tries = redis.call('HINCRBY', MAIL_TRIES, name, 1)
        local row = n and refund_view(name, id, n) or view(name, id)
        table.insert(row, 2, text(tries - 1))
        answer[#answer + 1] = row
    end
    return answer
end

-- ARGV: names, 100 at most. Removes emails that the Verification Service has accepted.
local function mail_done(_, args)
    redis.call('HDEL', MAIL_TRIES, unpack(args))
    return redis.call('ZREM', MAIL, unpack(args))
end

-- ARGV: name, delay in ms
local function postpone_mail(_, args)
    if not redis.call('ZSCORE', MAIL, args[1]) then return 0 end
    redis.call('ZADD', MAIL, text(now_ms() + tonumber(args[2])), args[1])
    return 1
end

redis.register_function { function_name = 'pay1_claim_mail', callback = claim_mail, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_mail_done', callback = mail_done, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_postpone_mail', callback = postpone_mail, flags = { 'allow-oom' } }
