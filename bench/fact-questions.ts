// Questions that ask for a fact, about places drawn at random from reports, manuals and lectures: who, when, where, how many, how
// much, why. An answer is right where its first quote holds the fact, wherever it stands. Written before any answer was looked at.

export interface FactQuestion {
  readonly question: string;
  /** What the quote must hold. */
  readonly fact: RegExp;
}

export interface FactQuestions {
  /** Below the given data's folder. */
  readonly file: string;
  readonly questions: readonly FactQuestion[];
}

const lecture = (name: string) => `lectures_nyu_dl/transcripts/${name}.vtt`;

export const FACT_QUESTIONS: readonly FactQuestions[] = [
  {
    file: 'reports_financebench/PEPSICO_2022_10K.pdf',
    questions: [
      { question: "Where is PepsiCo's principal executive office?", fact: /Purchase/ },
      { question: 'Is the plant in Leicester owned or leased?', fact: /Leicester[^]*Leased/ },
      { question: 'Who does the Chief Compliance & Ethics Officer report to?', fact: /reports to the General Counsel/ },
      { question: 'Which committee reviews employee compensation policies?', fact: /Compensation Committee/ },
      { question: "By how much did FLNA's net revenue grow?", fact: /19 ?%/ },
      { question: "What caused the decline of FLNA's unit volume?", fact: /Sabra/ },
      { question: 'Until when was the 2019 Productivity Plan extended?', fact: /2028/ },
      { question: 'How much cash will the 2019 Productivity Plan cost?', fact: /\$2\.9 billion/ },
      { question: 'What is free cash flow used for?', fact: /acquisitions and financing/ },
      { question: 'Why did inventories increase in 2022?', fact: /higher commodity costs/ },
      { question: 'What was net income per share, diluted?', fact: /6\.42/ },
      { question: 'Does PepsiCo control its Venezuelan subsidiaries?', fact: /not have control over our Venezuelan/ },
      {
        question: 'Where are the costs of delivering finished products recorded?',
        fact: /included in selling, general and administrative/,
      },
      { question: 'How much was paid for Rockstar?', fact: /\$3\.85 billion/ },
      { question: 'When was Pioneer Foods acquired?', fact: /March 23, 2020|first quarter of 2020/ },
      { question: 'From whom was Be & Cheery acquired?', fact: /Haoxiangni/ },
      { question: 'What does an RSU represent?', fact: /one share of PepsiCo common stock/ },
      { question: 'What is the payout of long-term cash awards based on?', fact: /Total Shareholder Return/ },
      { question: 'How can I get a copy of the Global Code of Conduct?', fact: /Investor Relations/ },
      { question: 'How many people does PepsiCo employ?', fact: /315,000/ },
    ],
  },
  {
    file: 'reports_financebench/ULTABEAUTY_2023Q4_EARNINGS.pdf',
    questions: [
      { question: 'How many members does the rewards program have?', fact: /40 million/ },
      { question: 'Who is the chief executive officer of Ulta Beauty?', fact: /Kimbell/ },
      { question: 'How many stores does Ulta Beauty operate?', fact: /1,355/ },
      { question: 'How many shares were repurchased in the fourth quarter?', fact: /722,457/ },
      { question: 'What was the tax rate in fiscal 2022?', fact: /24\.[46]%/ },
      { question: 'How many new stores are planned for 2023?', fact: /25\s*[-–]\s*30/ },
      { question: 'Why did merchandise inventories increase?', fact: /opening of 47 new stores/ },
      { question: 'In which cities did new stores open?', fact: /Garden Grove/ },
    ],
  },
  {
    file: 'manual_smart_tv/smart_tv_manual.pdf',
    questions: [
      { question: 'How thick may the HDMI cable be?', fact: /0\.66 inches/ },
      { question: 'How long may the HDMI cable be?', fact: /10 feet/ },
      { question: 'Does the TV support HDMI Ethernet Channel?', fact: /does not support HDMI Ethernet/ },
      { question: 'How can I connect a PC without an HDMI port?', fact: /HDMI-DVI/ },
      { question: 'Who contacts me after a service request?', fact: /Samsung Contact Center/ },
    ],
  },
  {
    file: 'manual_gnuplot/gnuplot.pdf',
    questions: [
      { question: 'How many rows does the grid of dgrid3d have by default?', fact: /defaults to 10/ },
      { question: 'Which dgrid3d algorithm is the default?', fact: /This algorithm is the default|qnorm/ },
      { question: 'What is the default encoding of the caca terminal?', fact: /utf8/ },
      { question: 'How many colors do libcaca backends support?', fact: /16 foreground/ },
      { question: 'What does the notex option do?', fact: /bypasses TeX/ },
      { question: 'What is the default orientation angle of an ellipse?', fact: /defaults to zero/ },
    ],
  },
  {
    file: lecture('practicum01'),
    questions: [{ question: 'How many values does a colour image of one megapixel have?', fact: /3 million/ }],
  },
  {
    file: lecture('practicum02'),
    questions: [{ question: 'Why is the hidden layer called hidden?', fact: /can't see/ }],
  },
  {
    file: lecture('practicum03'),
    questions: [
      { question: 'How many weights are left after parameter sharing?', fact: /three weights|15 to 3/ },
      { question: 'What accuracy does the multi-layer perceptron get?', fact: /87 percent/ },
    ],
  },
  {
    file: lecture('practicum04'),
    questions: [{ question: 'How do the frequencies of the two A♭ differ?', fact: /twice the frequency/ }],
  },
  {
    file: lecture('practicum05'),
    questions: [{ question: 'How long is the output of a convolution with a kernel of size 5?', fact: /\b60\b/ }],
  },
  {
    file: lecture('lecture01'),
    questions: [
      { question: 'What did Einstein say about the world?', fact: /incomprehensible thing/ },
      { question: 'How many degrees of freedom does tilting the head have?', fact: /3 degrees/ },
    ],
  },
  {
    file: lecture('lecture02'),
    questions: [{ question: 'What is the per-sample loss?', fact: /output of the cost|scalar value/ }],
  },
  {
    file: lecture('lecture03'),
    questions: [
      { question: 'How large is the input of the network that recognises digits?', fact: /32 rows by 64/ },
      { question: 'Why is it hard to segment the words of a foreign language?', fact: /don't have the vocabulary/ },
    ],
  },
];

const PEPSICO = 'reports_financebench/PEPSICO_2022_10K.pdf';
const ULTA = 'reports_financebench/ULTABEAUTY_2023Q4_EARNINGS.pdf';

/** Figures that stand in tables: those that rows of tables were made citable with. */
export const TABLE_QUESTIONS: readonly FactQuestions[] = [
  {
    file: PEPSICO,
    questions: [
      { question: 'What was net revenue in 2022?', fact: /86,392/ },
      { question: 'How much goodwill does FLNA have?', fact: /Goodwill .*451/ },
      { question: 'How many options were granted in 2022?', fact: /2,422/ },
      { question: 'What was the expected volatility in 2022?', fact: /16 ?%/ },
      { question: 'What was the cost of sales in 2020?', fact: /31,797/ },
      { question: 'What is the expected dividend yield?', fact: /2\.5 ?%/ },
      { question: 'What was the operating profit of Latin America in 2022?', fact: /1,627/ },
      { question: 'How many RSUs were forfeited?', fact: /Forfeited \(475\)/ },
      { question: 'How much interest did PepsiCo pay in 2022?', fact: /1,043|939/ },
    ],
  },
  {
    file: ULTA,
    questions: [
      { question: 'What were the capital expenditures in fiscal 2022?', fact: /312,126/ },
      { question: 'How much cash did Ulta Beauty have at the end of the year?', fact: /737,877|\$737\.9 million/ },
      { question: 'What is the outlook for diluted earnings per share?', fact: /\$24\.70 to \$25\.40/ },
      { question: 'What was depreciation and amortization in fiscal 2022?', fact: /241,372/ },
      { question: 'How many stores were open at the beginning of the quarter?', fact: /1st Quarter 1,308/ },
    ],
  },
];

/** And rows that a seeded script drew afterwards. */
export const DRAWN_ROWS: readonly FactQuestions[] = [
  {
    file: PEPSICO,
    questions: [
      { question: 'How old is Eugene Willemsen?', fact: /Willemsen 55/ },
      { question: "What is Eugene Willemsen's title?", fact: /Willemsen .*Chief Executive Officer, Africa/ },
      { question: 'What was the ultimate projected increase of medical costs?', fact: /4 ?%/ },
      { question: 'How long is the useful life of brands?', fact: /20 – 40/ },
      { question: 'How much net revenue did APAC have?', fact: /4,787/ },
      { question: 'What was the total grant-date fair value of RSUs vested in 2022?', fact: /196,649/ },
      { question: 'What was state income tax, net of the federal benefit?', fact: /1\.8 1\.0/ },
      { question: 'How much deferred tax did the states take in 2022?', fact: /State 4 80/ },
      { question: 'What was net income attributable to PepsiCo in 2020?', fact: /7,120/ },
      { question: 'What were impairment and other charges in the cash flow?', fact: /3,618/ },
    ],
  },
  {
    file: ULTA,
    questions: [
      { question: 'What was the net cash used in financing activities?', fact: /861,014/ },
      { question: 'What was the non-cash lease expense?', fact: /301,912/ },
      { question: 'How much interest income did Ulta Beauty have?', fact: /4,934|4,378/ },
      { question: 'What comparable sales are expected for fiscal 2023?', fact: /4% to 5%/ },
      { question: 'How much did deferred income taxes change cash?', fact: /15,653/ },
    ],
  },
];
