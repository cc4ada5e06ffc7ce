// Applies rules in the format of ZoneMTA's bounce rules (expression, action, category), in Node.
//
//     fivefifty run SCENARIO --classifier "program:node scenarios/classifiers/zone_mta.mjs"
//
// It answers with ZoneMTA's categories, which fivefifty translates. The action `defer` becomes the advice `keep`.
import { createInterface } from 'node:readline';

const rules = `
poor reputation|your access.*rejected|blocked,reject,blacklist
over quota|mailbox full,defer,capacity
user unknown|no such user|does not exist|address rejected,reject,recipient
^4\\d\\d,defer,other
^5\\d\\d,reject,other
`.trim().split('\n').map((line) => {
    const [expression, action, category] = line.split(',');
    return { expression: new RegExp(expression, 'im'), action, category };
});

for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if ('end' in request) continue;
    const { code, enhanced, text } = request.heard;
    const reply = [code, enhanced, text].filter(Boolean).join(' ');
    const rule = request.bounced && rules.find((each) => each.expression.test(reply));
    const said = rule ? { system: 'zone-mta', class: rule.category, reason: `${rule.expression}` } : { cause: null };
    if (rule?.action === 'defer') said.advice = 'keep';
    console.log(JSON.stringify({ campaign: request.campaign, recipient: request.recipient, ...said }));
}
