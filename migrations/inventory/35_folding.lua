-- Products whose words were folded by an older version of the service are found by words that nobody types any more. They are
-- looked for in slices, and written again.

-- ARGV: version of the folding, place to go on from, how many products at most. Answers the next place (or ''), and SKU, version and
-- doc of each product that an older version folded.
local function outdated(_, args)
    local folding, from, count = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
    local skus = redis.call('ZRANGE', BY_CREATED, from, from + count - 1)
    local answer = { #skus == count and text(from + count) or '' }
    for _, sku in ipairs(skus) do
        local kept = redis.call('HMGET', product_key(sku), 'folding', 'version', 'doc')
        if tonumber(kept[1] or '0') < folding then answer[#answer + 1] = { sku, kept[2], kept[3] } end
    end
    return answer
end

-- ARGV: sku, version that idx was made of, idx. The product itself does not change. Answers whether it is written: not if it was
-- changed or archived meanwhile.
local function reindex(_, args)
    local sku, idx = args[1], cjson.decode(args[3])
    local kept = redis.call('HMGET', product_key(sku), 'version', 'status', 'amount', 'created_at')
    if kept[1] ~= args[2] or kept[2] ~= 'active' then return 0 end
    local old = index_of(sku)
    leave_indexes(sku, old, idx)
    enter_indexes(sku, old, idx, kept[3], kept[4])
    return 1
end

redis.register_function { function_name = 'inv1_outdated', callback = outdated, flags = { 'no-writes' } }
redis.register_function('inv1_reindex', reindex)
