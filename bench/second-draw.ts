// The second draw of questions about places drawn at random, in files that the first (sampled-questions.ts) does not touch, or on
// other pages: meetings, a report, an earnings release, short films, a lesson, a manual. Drawn and written in the same way, before
// any answer was looked at, so that what the first draw has taught is checked here. Spans are seconds, pages are 1-based.
import type { SampledQuestions } from './sampled-questions.ts';

/** `meetings/` stands for the captions that bench/gold.ts makes of meetings. */
const meeting = (name: string) => `meetings/${name}.vtt`;

export const SECOND_DRAW: readonly SampledQuestions[] = [
  {
    file: meeting('Bdb001'),
    questions: [
      { question: "Why don't we need to wait for the formats?", spans: [[3275, 3325]] },
      { question: 'Why could it be difficult to translate from one format to the other?', spans: [[1675, 1712]] },
      { question: 'How would rising pitch be assigned to words?', spans: [[2550, 2622]] },
    ],
  },
  {
    file: meeting('Bed004'),
    questions: [
      { question: 'Where is graffiti usually found?', spans: [[3620, 3675]] },
      { question: 'Is it a problem to add types to the ontology?', spans: [[2140, 2195]] },
      { question: 'How much does the task pay?', spans: [[895, 922]] },
    ],
  },
  {
    file: meeting('ES2002a'),
    questions: [
      { question: "What was the first remote control of the marketing expert's family like?", spans: [[998, 1020]] },
      { question: 'How high may the production cost be?', spans: [[430, 466]] },
    ],
  },
  {
    file: meeting('ES2002b'),
    questions: [
      { question: 'What will the industrial designer think about after lunch?', spans: [[2950, 2982]] },
      { question: 'Which age group wants to spend money on TV equipment?', spans: [[1574, 1622]] },
      { question: 'What do users dislike about remote controls?', spans: [[1110, 1180]] },
    ],
  },
  {
    file: meeting('covid_0'),
    questions: [
      { question: 'Whose decision to join the Conservative Party is remembered?', spans: [[1200, 1320]] },
      { question: 'How did the free trade negotiations with China end?', spans: [[6998, 7030]] },
      {
        question: 'When will the task force for a resilient recovery have its recommendations?',
        spans: [[4770, 4797]],
      },
    ],
  },
  {
    file: meeting('covid_1'),
    questions: [
      { question: 'How much money did the Humber River Hospital raise?', spans: [[2365, 2415]] },
      { question: 'What happens to cheques of people who apply for CERB fraudulently?', spans: [[7818, 7883]] },
      { question: 'By how much do the forgivable loans reduce the rent?', spans: [[6610, 6632]] },
    ],
  },
  {
    file: 'lectures_nyu_dl/transcripts/practicum01.vtt',
    questions: [
      { question: 'Which editor can be used for notes in latex and markdown?', spans: [[1640, 1697]] },
      {
        question: 'How many branches does the spiral have?',
        spans: [
          [833, 882],
          [902, 910],
        ],
      },
      { question: 'What does the introduction to tensors teach?', spans: [[1538, 1630]] },
      { question: 'Why use a GPU if it is slower than a CPU?', spans: [[1961, 2004]] },
    ],
  },
  {
    file: 'captions_ableplayer/itaccess_captions_en.vtt',
    questions: [
      { question: 'When is a bad time to start with accessibility?', spans: [[341, 357]] },
      { question: 'What is the first step?', spans: [[138, 153]] },
    ],
  },
  {
    file: 'captions_ableplayer/blocks4all_captions_en.vtt',
    questions: [{ question: 'What replaces the visual output of the programs?', spans: [[112, 126]] }],
  },
  {
    file: 'reports_financebench/PEPSICO_2022_10K.pdf',
    questions: [
      { question: 'Who is a specified employee?', pages: [[403, 403]] },
      { question: 'What must be deposited for a legal defeasance?', pages: [[166, 167]] },
      { question: 'Which risks result from the conflict in Ukraine?', pages: [[34, 35]] },
      { question: 'When was the PepsiCo International Retirement Plan first established?', pages: [[216, 216]] },
      {
        question: 'When may a trade secret be disclosed?',
        pages: [
          [203, 203],
          [237, 237],
          [267, 267],
          [443, 443],
        ],
      },
      { question: 'Which years are open to tax audits in Mexico?', pages: [[86, 86]] },
      {
        question: 'Until when must the mandatory transition tax liability be paid?',
        pages: [
          [84, 84],
          [52, 52],
        ],
      },
      { question: 'How is the benefit of a PIRP transfer participant calculated?', pages: [[363, 364]] },
    ],
  },
  {
    file: 'reports_financebench/ULTABEAUTY_2023Q4_EARNINGS.pdf',
    questions: [
      { question: 'What percentage of net sales is skincare?', pages: [[9, 9]] },
      {
        question: 'How many stores were open at the end of the fourth quarter?',
        pages: [
          [8, 8],
          [3, 3],
        ],
      },
    ],
  },
  {
    file: 'manual_smart_tv/smart_tv_manual.pdf',
    questions: [
      { question: 'What can I do if my receiver is not HDMI (ARC) compatible?', pages: [[247, 247]] },
      { question: 'How do I make the TV turn off at a certain time?', pages: [[195, 195]] },
      { question: 'How do I make the font on the screen larger?', pages: [[213, 213]] },
      { question: 'How do I change the size and position of the picture?', pages: [[179, 182]] },
      { question: 'How do I go on watching a recording where I left off?', pages: [[353, 354]] },
      {
        question: 'How far away from the TV can the remote be used?',
        pages: [
          [67, 67],
          [70, 70],
        ],
      },
    ],
  },
];
