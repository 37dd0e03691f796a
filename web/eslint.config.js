import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const CHINESE = '[\\u3400-\\u9fff]'
const words = 'Texts that people see stand in ui/messages.zh.ts.'

export default tseslint.config(
  { ignores: ['dist', 'node_modules'] },
  ...tseslint.configs.recommended,
  reactHooks.configs.flat.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', 250],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: ['chat/**', 'desk/**', 'ui/**', 'protocol/**'],
    // The words that the protocol itself is made of (roles, emotions) stand in protocol/words.ts.
    // embed.js stands alone in another's page.
    ignores: ['ui/*.zh.ts', 'protocol/words.ts', '**/*.html', 'chat/public/embed.js'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `Literal[value=/${CHINESE}/]`, message: words },
        { selector: `TemplateElement[value.raw=/${CHINESE}/]`, message: words },
        { selector: `JSXText[value=/${CHINESE}/]`, message: words },
      ],
    },
  },
)
